namespace GokaAkka.Integration.Tests.Restore;

/// <summary>Tests that look at the clock: not beside others.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class RestoreCollection
{
    public const string Name = "Restore";
}
