namespace GokaAkka.Integration.Tests.Restore;

/// <summary>Tests with nodes and stores of their own: one after the other, for one of them loads a small machine.</summary>
[CollectionDefinition(Name)]
public sealed class RestoreCollection
{
    public const string Name = "Restore";
}
