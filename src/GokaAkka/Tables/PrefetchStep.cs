namespace GokaAkka.Tables;

/// <summary>How near to a value a look-up's memory is fetched: each step reads what the one before has fetched.</summary>
enum PrefetchStep
{
    /// <summary>The place in the hash table.</summary>
    Bucket,

    /// <summary>The entry that is there.</summary>
    Entry,

    /// <summary>The entry's key and value.</summary>
    Data,
}
