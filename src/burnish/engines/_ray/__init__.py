"""Parts of the Ray engine: options, cluster, what runs on a worker, and the crew that the run's process leads."""
