"""allywatch: risk alerts for allied regions, from news and diplomatic events on Kafka."""

__version__ = "0.1.0"
