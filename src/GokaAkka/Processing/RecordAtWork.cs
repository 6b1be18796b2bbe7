namespace GokaAkka.Processing;

/// <summary>A record whose callback is at work.</summary>
/// <param name="Topic">Its topic, or the visitor's name.</param>
/// <param name="Offset">Its offset; of a batch callback, that of the first record.</param>
/// <param name="Key">Its key.</param>
readonly record struct RecordAtWork(string Topic, long Offset, Key Key);
