"""What the words of a study's commands can be; imports nothing, so that the command line can list it at once."""

from typing import Literal

Engine = Literal["local", "ray"]
View = Literal["methods", "summary", "tidy", "agreement", "variance", "improvement", "selection"]
