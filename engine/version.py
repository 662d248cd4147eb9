"""The version of pushaway, in its one place: importing package metadata costs more than an inference."""

VERSION = "0.1.0"
