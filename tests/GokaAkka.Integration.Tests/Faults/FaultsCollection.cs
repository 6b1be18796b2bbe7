namespace GokaAkka.Integration.Tests.Faults;

/// <summary>Tests that load the machine with processes of their own: not beside others, whose sessions they would cut short.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class FaultsCollection
{
    public const string Name = "Faults";
}
