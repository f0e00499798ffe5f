"""The life of a mailbox after it was opened: suspended, ending by a condition or by its owner, closed, reopened.

``standing`` says what state follows from the facts; ``services`` change the facts when somebody decides, ``following`` when
a condition or the time does. Each change is one transaction with its event, its letters and its job for the mail server.
"""
