"""What ``make screenshots`` and ``make lighthouse`` do with the pages, as ``genai-templates serve`` runs them."""
