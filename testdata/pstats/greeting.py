"""What imports.py imports."""


def greet():
    return "hello"
