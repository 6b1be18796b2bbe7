namespace GokaAkka.Specs.Telemetry;

/// <summary>Tests that listen to spans, which are the process's: records of others that run beside them would get trace headers, too.</summary>
[CollectionDefinition(nameof(AloneCollection), DisableParallelization = true)]
public sealed class AloneCollection;
