"""Engine: pure Python; policy language, routes, clocks, money, scope. No Django."""
