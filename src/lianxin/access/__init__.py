"""Access: areas and offices, accounts, roles, scope, sealed fields, masking and reasoned reveal."""
