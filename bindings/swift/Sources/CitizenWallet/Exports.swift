// What crosses is declared in the generated module: apps import this one alone.
@_exported import CitizenWalletFFI
