"""The history of the tables, one numbered file a step; ``storage/migrate.py`` applies it on start."""
