"""The admin's tools: what can be made of a configuration without a person in a chat."""
