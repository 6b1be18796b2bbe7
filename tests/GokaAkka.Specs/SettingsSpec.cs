using Akka.TestKit.Xunit2;

namespace GokaAkka.Specs;

public sealed class SettingsSpec : TestKit
{
    const string Policies = "restart, fail, skip, dead-letter or \"dead-letter to TOPIC\", each after \"retry N then\" if wanted";

    const string OfTables = "restart, fail, absent, dead-letter or \"dead-letter to TOPIC\"; no retries, for the codec would fail again";

    [Theory]
    [InlineData("/dev/null/tables", "'/dev/null/tables' cannot be written to: ")]
    [InlineData("", "'/dev/null/nobody/.local/share/goka-akka', the default, for it is empty and HOME is '/dev/null/nobody', cannot be written to: ")]
    public void A_folder_for_stores_that_cannot_be_written_to_must_be_told_at_once_with_its_setting(string directory, string expected)
    {
        var before = (Home: Environment.GetEnvironmentVariable("HOME"), Data: Environment.GetEnvironmentVariable("XDG_DATA_HOME"));
        try
        {
            if (directory.Length == 0)
                Environment.SetEnvironmentVariable("HOME", "/dev/null/nobody");
            Environment.SetEnvironmentVariable("XDG_DATA_HOME", null);
            var goka = Goka.Get(Sys, new GokaOptions
            {
                Kafka = new InMemoryKafka(), Settings = ConfigurationFactory.ParseString($"goka.storage.directory = \"{directory}\""),
            });

            Should.Throw<ConfigurationException>(() => goka.Process(GroupGraph.Define<long>("g", g => g.Input("in", Codec.String, (_, _) => { }).Persist(Codec.Int64))))
                .Message.ShouldStartWith("goka.storage.directory = " + expected);
        }
        finally
        {
            Environment.SetEnvironmentVariable("HOME", before.Home);
            Environment.SetEnvironmentVariable("XDG_DATA_HOME", before.Data);
        }
    }

    [Fact]
    public void Settings_must_have_the_defaults_of_the_reference()
    {
        var settings = Read("");

        (settings.Kafka.BootstrapServers, settings.Kafka.ReplicationFactor, settings.Kafka.OnMismatch, settings.Kafka.CreateTopics)
            .ShouldBe(("127.0.0.1:9092", null, MismatchPolicy.Fail, true));
        settings.Kafka.Client.ShouldBeEmpty();
        settings.Processor.Partitioner.ShouldBeSameAs(Partitioners.Fnv1a);
        (settings.Processor.StartOffset, settings.Processor.Errors.OnError).ShouldBe((StartOffset.Earliest, ErrorPolicies.All(ErrorPolicy.Restart)));
        (settings.Processor.Delivery, settings.Processor.Transaction.CommitInterval, settings.Processor.Transaction.Timeout, settings.Processor.Transaction.Id)
            .ShouldBe((Delivery.AtLeastOnce, TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(10), ""));
        (settings.Processor.DrainTimeout, settings.Processor.MaxRestarts).ShouldBe((TimeSpan.FromSeconds(20), 10));
        settings.Table.FlushInterval.ShouldBe(TimeSpan.FromSeconds(5));
        (settings.Table.CacheBytes, settings.ViewCacheBytes).ShouldBe((96L << 20, 96L << 20));
        (settings.ViewCheckInterval, settings.ViewCheckTimeout).ShouldBe((TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(5)));
        settings.StorageProvider.ShouldBe("litedb");
        settings.StorageDirectory.ShouldEndWith("goka-akka");
    }

    [Theory]
    [InlineData("goka.processor.partitioner = crc32", "goka.processor.partitioner = 'crc32': expected one of fnv1a, murmur2.")]
    [InlineData("goka.processor.start-offset = first", "goka.processor.start-offset = 'first': expected one of earliest, latest.")]
    [InlineData("goka.processor.on-error = ignore", $"goka.processor.on-error = 'ignore': expected {Policies}.")]
    [InlineData("goka.processor.on-error = \"retry 5\"", $"goka.processor.on-error = 'retry 5': expected {Policies}.")]
    [InlineData("goka.processor.on-error = \"retry many then skip\"", "goka.processor.on-error = 'retry many then skip': expected a whole number from 1 on after retry.")]
    [InlineData("goka.processor.on-error = \"retry 0 then skip\"", "goka.processor.on-error = 'retry 0 then skip': expected a whole number from 1 on after retry.")]
    [InlineData("goka.processor.on-error = \"dead-letter to a/b\"", "goka.processor.on-error = 'dead-letter to a/b': expected a topic's name after to, and this one contains '/'; Kafka allows letters, digits, '.', '_' and '-'.")]
    [InlineData("goka.processor.on-error { decode = ignore }", $"goka.processor.on-error.decode = 'ignore': expected {Policies}.")]
    [InlineData("goka.processor.on-error { decoding = skip }", "goka.processor.on-error has 'decoding': expected decode, callback, emit, storage or table.")]
    [InlineData("goka.processor.on-error { table = skip }", $"goka.processor.on-error.table = 'skip': expected {OfTables}.")]
    [InlineData("goka.processor.on-error { table = \"retry 2 then fail\" }", $"goka.processor.on-error.table = 'retry 2 then fail': expected {OfTables}.")]
    [InlineData("goka.processor.on-error { storage = skip }", "goka.processor.on-error.storage = 'skip': expected restart or fail, for a store that fails would fail the next record too.")]
    [InlineData("goka.processor.inputs { orders = skip }", "goka.processor.inputs.orders = 'skip': expected topics, each with { on-error = … }.")]
    [InlineData("goka.processor.inputs { orders { on-error { emit = never } } }", $"goka.processor.inputs.orders.on-error.emit = 'never': expected {Policies}.")]
    [InlineData("goka.processor.retry.min-backoff = 0s", "goka.processor.retry.min-backoff = '0s': expected a duration such as 500ms or 10s.")]
    [InlineData("goka.processor.delivery = twice", "goka.processor.delivery = 'twice': expected one of at-least-once, exactly-once.")]
    [InlineData("goka.processor.poll-timeout = soon", "goka.processor.poll-timeout = 'soon': expected a duration such as 500ms or 10s.")]
    [InlineData("goka.processor.commit-interval = 0s", "goka.processor.commit-interval = '0s': expected a duration such as 500ms or 10s.")]
    [InlineData("goka.processor.poll-records = many", "goka.processor.poll-records = 'many': expected a whole number from 1 on.")]
    [InlineData("goka.processor.poll-records = 0", "goka.processor.poll-records = '0': expected a whole number from 1 on.")]
    [InlineData("goka.processor.restart.max-restarts = -1", "goka.processor.restart.max-restarts = '-1': expected a whole number from 0 on.")]
    [InlineData("goka.processor.queued-bytes = much", "goka.processor.queued-bytes = 'much': expected a size such as 64MiB.")]
    [InlineData("goka.table.cache-size = -1", "goka.table.cache-size = '-1': expected a size such as 64MiB.")]
    [InlineData("goka.kafka.on-mismatch = cry", "goka.kafka.on-mismatch = 'cry': expected one of fail, warn, ignore.")]
    [InlineData("goka.kafka.create-topics = perhaps", "goka.kafka.create-topics = 'perhaps': expected on or off.")]
    [InlineData("goka.kafka.connect-timeout = x", "goka.kafka.connect-timeout = 'x': expected a duration such as 500ms or 10s.")]
    [InlineData("goka.emitter.max-pending = 0", "goka.emitter.max-pending = '0': expected a whole number from 1 on.")]
    [InlineData("goka.processor.transaction.commit-interval = 10s", "goka.processor.transaction.commit-interval = '10s': expected less than goka.processor.transaction.timeout ('10s'), after which the brokers abort a transaction that is not committed.")]
    [InlineData("goka.view.cache-size = x", "goka.view.cache-size = 'x': expected a size such as 64MiB.")]
    public void Settings_must_name_the_key_whose_value_makes_no_sense(string config, string expected) =>
        Should.Throw<ConfigurationException>(() => Read(config)).Message.ShouldBe(expected);

    [Fact]
    public void Settings_must_hand_native_settings_through_with_their_dots()
    {
        var kafka = Read(
            """
            goka.kafka {
              client { security.protocol = SASL_SSL, "sasl.mechanism" = PLAIN }
              producer { linger.ms = 5, batch { num.messages = 10 } }
            }
            """).Kafka;

        kafka.Client.OrderBy(c => c.Key).Select(c => $"{c.Key}={c.Value}").ShouldBe(["sasl.mechanism=PLAIN", "security.protocol=SASL_SSL"]);
        kafka.Producer.OrderBy(c => c.Key).Select(c => $"{c.Key}={c.Value}").ShouldBe(["batch.num.messages=10", "linger.ms=5"]);
        kafka.Consumer.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("consumer.enable.auto.offset.store = true")]
    [InlineData("consumer.enable.auto.commit = false")]
    [InlineData("client.auto.commit.enable = false")]
    [InlineData("consumer.auto.commit.interval.ms = 0")]
    [InlineData("consumer.auto.offset.reset = latest")]
    [InlineData("client.enable.partition.eof = true")]
    [InlineData("table-consumer { \"enable.partition.eof\" = false }")]
    [InlineData("consumer.group.id = all")]
    [InlineData("producer.transactional.id = one")]
    [InlineData("producer.transaction.timeout.ms = 60000")]
    [InlineData("producer.delivery.report.only.error = true")]
    [InlineData("client.log.queue = true")]
    [InlineData("client.bootstrap.servers = \"elsewhere:1\"")]
    public void Settings_must_refuse_native_ones_that_break_what_goka_relies_on_whatever_is_allowed(string native)
    {
        var error = Should.Throw<ConfigurationException>(() => Read($"goka.kafka {{ allow-unsafe = on, {native} }}"));

        error.Message.ShouldStartWith("goka.kafka." + native[..native.IndexOf('.')].Split(' ')[0]);
        error.Message.ShouldContain("GokaAkka sets it by itself, for ");
    }

    [Theory]
    [InlineData("producer.acks = 1", "producer.acks = '1': expected all, for a record that one broker has acknowledged is lost with that broker")]
    [InlineData("client.request.required.acks = 0", "client.request.required.acks = '0': expected all")]
    [InlineData("producer.enable.idempotence = false", "producer.enable.idempotence = 'false': expected true")]
    [InlineData("producer.delivery.timeout.ms = 30000", "producer.delivery.timeout.ms = '30000': expected 0")]
    [InlineData("producer.retries = 3", "producer.retries = '3': expected 2147483647")]
    [InlineData("consumer.isolation.level = read_uncommitted", "consumer.isolation.level = 'read_uncommitted': expected read_committed")]
    public void Settings_must_refuse_native_ones_that_weaken_a_guarantee_unless_that_is_allowed(string native, string expected)
    {
        var message = Should.Throw<ConfigurationException>(() => Read($"goka.kafka.{native}")).Message;

        message.ShouldStartWith("goka.kafka." + expected);
        message.ShouldEndWith("goka.kafka.allow-unsafe = on allows it.");
        Read($"goka.kafka {{ allow-unsafe = on, {native} }}").Kafka.Unsafe.ShouldHaveSingleItem().ShouldStartWith("goka.kafka." + expected);
    }

    [Fact]
    public void Settings_must_take_native_ones_that_say_what_goka_promises_anyway() =>
        Read("goka.kafka.producer { acks = all, enable.idempotence = true }\ngoka.kafka.client.isolation.level = read_committed").Kafka.Unsafe.ShouldBeEmpty();

    [Theory]
    [InlineData("goka.processor.on-error = skip", "skip, skip, skip, , ")]
    [InlineData("goka.processor.on-error = fail", "fail, fail, fail, fail, fail")]
    [InlineData("goka.processor.on-error = retry 5 then dead-letter", "retry 5 then dead-letter, retry 5 then dead-letter, retry 5 then dead-letter, , ")]
    [InlineData(
        """
        goka.processor.on-error {
          decode = dead-letter
          callback = "retry 5 then dead-letter to bad.orders"
          storage = fail
        }
        """,
        "dead-letter, retry 5 then dead-letter to bad.orders, , fail, ")]
    [InlineData("goka.processor { on-error { decode = dead-letter, emit = skip } }", "dead-letter, , skip, , ")]
    public void Settings_must_take_an_error_policy_for_everything_or_one_for_each_stage(string config, string expected) =>
        Stages(Read(config).Processor.Errors.OnError).ShouldBe(expected);

    [Fact]
    public void Settings_must_take_error_policies_of_topics_whatever_their_names()
    {
        var errors = Read(
            """
            goka.processor.inputs {
              orders { on-error = skip }
              "orders.v2" { on-error { decode = dead-letter } }
              orders.v3.on-error = "retry 2 then fail"
            }
            """).Processor.Errors;

        errors.Inputs.OrderBy(i => i.Key).Select(i => $"{i.Key}: {Stages(i.Value)}").ShouldBe(
        [
            "orders: skip, skip, skip, , ",
            "orders.v2: dead-letter, , , , ",
            "orders.v3: retry 2 then fail, retry 2 then fail, retry 2 then fail, fail, fail",
        ]);
        (errors.RetryMinPause, errors.RetryMaxPause).ShouldBe((TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(10)));
    }

    [Theory]
    [InlineData("2", 2)]
    [InlineData("0", null)]
    public void Settings_must_leave_replicas_to_the_broker_when_there_is_no_number(string replicas, int? expected) =>
        Read($"goka.kafka.replication-factor = {replicas}").Kafka.ReplicationFactor.ShouldBe(expected);

    static string Stages(ErrorPolicies policies) =>
        string.Join(", ", Enum.GetValues<ProcessingStage>().Select(s => policies[s]?.ToString()));

    static GokaSettings Read(string config)
    {
        using var system = ActorSystem.Create("settings", ConfigurationFactory.ParseString(config).WithFallback(GokaSettings.DefaultConfig()));
        return GokaSettings.Create(system);
    }
}
