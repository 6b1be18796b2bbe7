namespace GokaAkka.Integration.Tests.Broker;

/// <summary>
/// Where tests find brokers that run already: nowhere, so that each starts embedded ones. The project GokaAkka.Kafka.Tests compiles the same tests
/// with a class of this name that says where Apache Kafka's are.
/// </summary>
static class RealBrokers
{
    public static string? Bootstrap => null;
}
