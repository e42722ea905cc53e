"""Pictures and Lighthouse scores of the pages, as ``genai-templates serve`` runs them."""
