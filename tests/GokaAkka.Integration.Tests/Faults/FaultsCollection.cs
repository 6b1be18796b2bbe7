namespace GokaAkka.Integration.Tests.Faults;

/// <summary>Tests that load the machine with processes of their own: one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class FaultsCollection
{
    public const string Name = "Faults";
}
