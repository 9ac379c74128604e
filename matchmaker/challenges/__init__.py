"""Problems that organisations post: need, data, target KPIs, readiness, and publication.

Words: *challenge* – one problem; *target KPI* – what must improve, from which baseline to which
target; *readiness* – budget, data, people and tools at hand (四缺). Above programmes and
organisations, below proposals and matching.
"""
