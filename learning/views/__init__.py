"""The pages of this floor. Each view translates: a request in, one selector or service, a template out."""
