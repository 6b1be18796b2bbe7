using Confluent.Kafka;
using GokaAkka.Kafka.Confluent;

namespace GokaAkka.Tests.Kafka;

public sealed class ClientLogTests
{
    [Fact]
    public void A_line_of_each_client_and_kind_is_passed_on_and_those_asked_for_all_and_a_writer_that_throws_is_not_the_clients()
    {
        var lines = new List<string>();
        var log = new ClientLog((level, line) =>
        {
            lines.Add($"{level} {line}");
            throw new IOException("the log is full");
        });

        for (var i = 0; i < 2; i++)
        {
            log.Add("shop-in", SyslogLevel.Error, "FAIL", $"Connect to broker-{i} failed");
            log.Add("shop-out", SyslogLevel.Error, "FAIL", $"Connect to broker-{i} failed");
            log.Add("shop-in", SyslogLevel.Debug, "SASL", $"step {i}");
        }

        lines.ShouldBe(
        [
            "Error shop-in: FAIL: Connect to broker-0 failed", "Error shop-out: FAIL: Connect to broker-0 failed", "Debug shop-in: SASL: step 0",
            "Debug shop-in: SASL: step 1",
        ]);
    }
}
