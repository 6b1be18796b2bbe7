namespace GokaAkka.Integration.Tests.Broker;

/// <summary>Where tests that also run on embedded brokers find real ones: those of this run.</summary>
static class RealBrokers
{
    public static string? Bootstrap => KafkaRun.Bootstrap;
}
