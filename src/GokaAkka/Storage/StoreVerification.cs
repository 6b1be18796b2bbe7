namespace GokaAkka.Storage;

/// <summary>When the contents of a store kept in a file are checked from end to end as it is opened.</summary>
/// <remarks>A value's own checksum is looked at each time it is read in any case. What only the full check finds is damage that hides a key.</remarks>
public enum StoreVerification
{
    /// <summary>At every opening.</summary>
    Always,

    /// <summary>When the store was not closed by its last owner. Trusts the disk with files that nobody had open.</summary>
    AfterCrash,

    /// <summary>Never. Trusts the disk.</summary>
    Never,
}
