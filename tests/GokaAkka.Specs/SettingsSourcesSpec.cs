using GokaAkka.Actors.Configuration;

namespace GokaAkka.Specs;

/// <summary>Where settings come from, which source goes over which, and what becomes of keys that do not exist.</summary>
public sealed class SettingsSourcesSpec
{
    [Theory]
    [InlineData("goka.kafka.bootstrap-server = \"a:1\"", "goka.kafka.bootstrap-server", "goka.kafka.bootstrap-servers")]
    [InlineData("goka.kafak.client-id = x", "goka.kafak", "goka.kafka")]
    [InlineData("goka.bootstrap-servers = \"a:1\"", "goka.bootstrap-servers", "goka.kafka.bootstrap-servers")]
    [InlineData("goka.processor.restart.max-restart = 3", "goka.processor.restart.max-restart", "goka.processor.restart.max-restarts")]
    [InlineData("goka.processor { pol-timeout = 1s }", "goka.processor.pol-timeout", "goka.processor.poll-timeout")]
    [InlineData("goka.view.\"cache.size\" = 1MiB", "goka.view.\"cache.size\"", "goka.view.cache-size")]
    public void Settings_must_name_an_unknown_key_and_the_nearest_known_one(string hocon, string key, string nearest) =>
        Should.Throw<ConfigurationException>(() => Read(hocon)).Message
            .ShouldBe($"{key} is no setting of GokaAkka. Did you mean {nearest}? reference.conf has every setting.");

    [Fact]
    public void Settings_must_name_every_unknown_key()
    {
        var message = Should.Throw<ConfigurationException>(() => Read("goka.tabel { }\ngoka.view { cash-size = 1 }")).Message;

        message.ShouldContain("Did you mean goka.table?");
        message.ShouldContain("Did you mean goka.view.cache-size?");
    }

    [Theory]
    [InlineData("goka.kafka = \"a:1\"", "goka.kafka is a value: expected a section, as in reference.conf.")]
    [InlineData("goka.kafka.client-id { name = x }", "goka.kafka.client-id is a section: expected a value, as in reference.conf.")]
    public void Settings_must_tell_a_section_from_a_value(string hocon, string expected) =>
        Should.Throw<ConfigurationException>(() => Read(hocon)).Message.ShouldBe(expected);

    [Fact]
    public void Settings_must_leave_the_names_of_others_to_them()
    {
        var settings = Read(
            """
            goka.kafka { client.any.thing = 1, consumer.x = 2, table-consumer.y = 3, producer.z = 4 }
            goka.processor.inputs { "my.topic".on-error = skip }
            goka.processor.on-error { decode = skip }
            another.goka.key = 1
            """);

        (settings.Kafka.Client["any.thing"], settings.Kafka.Consumer["x"], settings.Kafka.TableConsumer["y"], settings.Kafka.Producer["z"])
            .ShouldBe(("1", "2", "3", "4"));
    }

    [Fact]
    public void Goka_must_not_start_with_an_unknown_key()
    {
        using var system = ActorSystem.Create("unknown", "goka.kafka.bootstrap-server = \"a:1\"");

        Should.Throw<Exception>(() => Goka.Get(system)).GetBaseException().Message.ShouldContain("Did you mean goka.kafka.bootstrap-servers?");
    }

    [Fact]
    public void Settings_must_have_a_variable_of_its_own_for_every_key()
    {
        var names = KnownSettings.Instance.Values.Select(SettingsVariables.NameOf).ToList();

        names.ShouldBeUnique();
        names.ShouldContain("GOKA_KAFKA_BOOTSTRAP_SERVERS");
        names.ShouldContain("GOKA_PROCESSOR_TRANSACTION_COMMIT_INTERVAL");
        KnownSettings.Instance.Open.Order().ShouldBe(
        [
            "goka.kafka.client", "goka.kafka.consumer", "goka.kafka.producer", "goka.kafka.table-consumer", "goka.node.groups", "goka.node.views",
            "goka.processor.inputs", "goka.processor.on-error", "goka.storage.rocksdb.options",
        ]);
    }

    [Fact]
    public void Settings_must_take_the_code_over_the_environment_over_hocon_over_the_reference()
    {
        var settings = Read(
            """
            goka.kafka { bootstrap-servers = "hocon:1", client-id = hocon, connect-timeout = 3s }
            """,
            [("GOKA_KAFKA_BOOTSTRAP_SERVERS", "environment:1,\"two\":2"), ("GOKA_KAFKA_CLIENT_ID", "environment")],
            "goka.kafka.client-id = code");

        (settings.Kafka.BootstrapServers, settings.Kafka.ClientId, settings.Kafka.ConnectTimeout, settings.Table.FlushInterval)
            .ShouldBe(("environment:1,\"two\":2", "code", TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(5)));
    }

    [Fact]
    public void Settings_must_take_native_settings_from_the_environment_however_hocon_spells_them()
    {
        var settings = Read(
            """
            goka.kafka.consumer { "session.timeout.ms" = 1, heartbeat.interval.ms = 2, check.crcs = on }
            """,
            [("GOKA_KAFKA_CONSUMER__SESSION_TIMEOUT_MS", "10"), ("GOKA_KAFKA_CONSUMER__HEARTBEAT_INTERVAL_MS", "20"), ("GOKA_KAFKA_TABLE_CONSUMER__X", "30")]);

        settings.Kafka.Consumer.OrderBy(c => c.Key).Select(c => $"{c.Key}={c.Value}")
            .ShouldBe(["check.crcs=on", "heartbeat.interval.ms=20", "session.timeout.ms=10"]);
        settings.Kafka.TableConsumer.ShouldHaveSingleItem().ShouldBe(new KeyValuePair<string, string>("x", "30"));
    }

    [Fact]
    public void Settings_must_take_error_policies_from_the_environment()
    {
        var errors = Read(
            "goka.processor.on-error { decode = skip }\ngoka.processor.inputs { \"my.Orders\".on-error = fail }",
            [("GOKA_PROCESSOR_ON_ERROR__CALLBACK", "retry 3 then fail"), ("GOKA_PROCESSOR_INPUTS__my.Orders__ON_ERROR", "dead-letter")]).Processor.Errors;

        (errors.OnError.Decode?.ToString(), errors.OnError.Callback?.ToString()).ShouldBe(("skip", "retry 3 then fail"));
        errors.Inputs.ShouldHaveSingleItem().Key.ShouldBe("my.Orders");
        errors.Inputs["my.Orders"].Decode?.ToString().ShouldBe("dead-letter");
        Read("goka.processor.on-error { decode = fail }", [("GOKA_PROCESSOR_ON_ERROR", "skip")]).Processor.Errors.OnError.Decode?.ToString().ShouldBe("skip");
    }

    [Theory]
    [InlineData("GOKA_KAFKA_CONNECT_TIMEOUT", "soon", "Environment variable GOKA_KAFKA_CONNECT_TIMEOUT (goka.kafka.connect-timeout) = 'soon': expected a duration such as 500ms or 10s.")]
    [InlineData("GOKA_EMITTER_MAX_PENDING", "", "Environment variable GOKA_EMITTER_MAX_PENDING (goka.emitter.max-pending) = '': expected a whole number from 1 on.")]
    [InlineData("GOKA_PROCESSOR_PARTITIONER", "crc32", "Environment variable GOKA_PROCESSOR_PARTITIONER (goka.processor.partitioner) = 'crc32': expected one of fnv1a, murmur2.")]
    public void Settings_must_name_the_variable_whose_value_makes_no_sense(string name, string value, string expected) =>
        Should.Throw<ConfigurationException>(() => Read("", [(name, value)])).Message.ShouldBe(expected);

    [Theory]
    [InlineData("GOKA_PROCESSOR_ON_ERROR", "ignore")]
    [InlineData("GOKA_PROCESSOR_ON_ERROR__EMIT", "ignore")]
    [InlineData("GOKA_PROCESSOR_INPUTS__orders__ON_ERROR", "ignore")]
    [InlineData("GOKA_PROCESSOR_ON_ERROR__DECODING", "skip")]
    [InlineData("GOKA_PROCESSOR_INPUTS__orders", "skip")]
    [InlineData("GOKA_KAFKA_CLIENT__", "1")]
    [InlineData("GOKA_KAFKA_PRODUCER__ACKS", "1")]
    public void Settings_must_name_the_variable_of_an_open_section_that_is_wrong(string name, string value) =>
        Should.Throw<ConfigurationException>(() => Read("", [(name, value)])).Message.ShouldStartWith($"Environment variable {name}");

    [Fact]
    public void Settings_must_not_blame_the_environment_for_what_the_code_says() =>
        Should.Throw<ConfigurationException>(() => Read("", [("GOKA_KAFKA_CONNECT_TIMEOUT", "1s")], "goka.kafka.connect-timeout = never")).Message
            .ShouldBe("goka.kafka.connect-timeout = 'never': expected a duration such as 500ms or 10s.");

    [Fact]
    public void Settings_must_doubt_misspelled_variables_and_leave_those_of_others_alone() =>
        SettingsVariables.Of(new Dictionary<string, string>
        {
            ["GOKA_KAFKA_BOOTSTRAP_SERVER"] = "a:1",
            ["GOKA_SERVICE_HOST"] = "10.0.0.1",
            ["GOKA_PORT_80_TCP_ADDR"] = "10.0.0.1",
            ["PATH"] = "/bin",
        }).Doubtful.ShouldHaveSingleItem().ShouldBe(
            "Environment variable GOKA_KAFKA_BOOTSTRAP_SERVER is no setting of GokaAkka and has no effect. Did you mean GOKA_KAFKA_BOOTSTRAP_SERVERS?");

    [Fact]
    public void Goka_must_say_which_variable_names_a_store_that_there_is_not()
    {
        using var system = ActorSystem.Create("store");
        var goka = Goka.Get(system, new GokaOptions { Environment = new Dictionary<string, string> { ["GOKA_STORAGE_PROVIDER"] = "paper" } });

        Should.Throw<ConfigurationException>(() => StorageProviders.Create(goka.Settings)).Message
            .ShouldStartWith("Environment variable GOKA_STORAGE_PROVIDER (goka.storage.provider) = 'paper' names no store");
    }

    [Theory]
    [InlineData("poll", "poll", 0)]
    [InlineData("pol", "poll", 1)]
    [InlineData("plol", "poll", 1)]
    [InlineData("", "poll", 4)]
    [InlineData("kitten", "sitting", 3)]
    public void Edit_distance_must_count_letters_put_in_taken_out_replaced_and_swapped(string from, string to, int expected) =>
        EditDistance.Between(from, to).ShouldBe(expected);

    static GokaSettings Read(string hocon, (string Name, string Value)[]? environment = null, string? code = null) => GokaSettings.Create(SettingsLayers.Of(
        ConfigurationFactory.ParseString(hocon).WithFallback(GokaSettings.DefaultConfig()),
        SettingsVariables.Of((environment ?? []).ToDictionary(e => e.Name, e => e.Value)),
        code is null ? null : ConfigurationFactory.ParseString(code)));
}
