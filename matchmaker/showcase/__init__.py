"""Results shown to everybody: cases as a published report states them.

Words: *reported case* – a true case with exactly the facts its source states; what the source
leaves out stays empty and is shown as "not stated". Above matching.
"""
