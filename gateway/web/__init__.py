"""What all pages share: templates, static files, errors, dependencies."""
