"""The walk over everything reachable: `world` is who and what there is, `routes` what each address is tried with."""
