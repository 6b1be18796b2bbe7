namespace GokaAkka.Integration.Tests.Samples;

/// <summary>Tests with several processes each: one after the other, so that time-outs mean something on small machines.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class SamplesCollection
{
    public const string Name = "Samples";
}
