"""The Parquet store's parts. Imported only when a Parquet source is opened, because they load pyarrow."""
