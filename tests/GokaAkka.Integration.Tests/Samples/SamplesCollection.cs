namespace GokaAkka.Integration.Tests.Samples;

/// <summary>Tests with several processes each: one after the other, for one of them loads a small machine.</summary>
[CollectionDefinition(Name)]
public sealed class SamplesCollection
{
    public const string Name = "Samples";
}
