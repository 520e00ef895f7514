"""What keeps Posthus healthy: samples, completeness, invariants, upkeep and the doctor.

Owns the tables stage_sample and process_report.
"""
