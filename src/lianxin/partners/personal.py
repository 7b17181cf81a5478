"""What partners' agreements hold about persons: nothing, they are made with offices."""

from lianxin.engine.personal import Table, declare

declare(Table("partners.Agreement", plain="paper office_id plaque offer"))
