namespace GokaAkka.Specs;

public sealed class TableReaderChoiceSpec : IDisposable
{
    const string Quiet = "akka { stdout-loglevel = OFF, loggers = [] }";

    readonly ActorSystem _system = ActorSystem.Create("readers", Quiet);

    public void Dispose() => _system.Terminate().Wait(TimeSpan.FromSeconds(30));

    [Fact]
    public void A_class_that_the_configuration_names_must_make_table_readers_from_the_system_and_the_settings_of_table_consumers()
    {
        var kafka = Choose(NameOf<WithSystem>(), _system).Kafka;

        var reader = kafka.CreateTableReader(new TableReaderOptions("one")).ShouldBeOfType<Reader>();
        var other = kafka.CreateTableReader(new TableReaderOptions("two")).ShouldBeOfType<Reader>();

        other.Provider.ShouldBeSameAs(reader.Provider);
        ((WithSystem)reader.Provider).System.ShouldBeSameAs(_system);
        reader.Where.ShouldBe("a:1");
        (reader.Settings["client.id"], other.Settings["client.id"]).ShouldBe(("one", "two"));
        (reader.Settings["bootstrap.servers"], reader.Settings["enable.partition.eof"], reader.Settings["fetch.wait.max.ms"]).ShouldBe(("a:1", "true", "7"));
    }

    [Fact]
    public void A_class_that_takes_nothing_must_do() =>
        Choose(NameOf<WithoutSystem>(), _system).Kafka.CreateTableReader(new TableReaderOptions("one")).ShouldBeOfType<Reader>();

    [Theory]
    [InlineData("streams", "assembly 'GokaAkka, Version")]
    [InlineData("Shop.Readers, Shop", "assembly 'Shop, ")]
    [InlineData("GokaAkka.Kafka.Readers, GokaAkka", "'GokaAkka.Kafka.Readers' ")]
    [InlineData("GokaAkka.Kafka.Readers, Goka=Akka", "assembly name")]
    public void A_name_that_stands_for_no_class_must_be_refused_with_what_is_missing(string name, string missing) =>
        Refusal(name).ShouldSatisfyAllConditions(
            m => m.ShouldStartWith(
                $"goka.kafka.table-reader = '{name}' names no table reader: expected consumer, or 'Namespace.Class, Assembly' of an ITableReaderProvider, "
                + "with its package referenced. "),
            m => m.ShouldContain(missing));

    [Fact]
    public void A_class_that_cannot_make_table_readers_must_be_refused_with_its_name_and_what_it_lacks()
    {
        Refusal(NameOf<Reader>()).ShouldBe(
            $"goka.kafka.table-reader names {typeof(Reader).FullName}, which does not implement GokaAkka.Kafka.ITableReaderProvider: name a class that does.");
        Refusal(NameOf<WithNumber>()).ShouldBe(
            $"goka.kafka.table-reader names {typeof(WithNumber).FullName}, which has no public constructor that takes Akka.Actor.ActorSystem or nothing: give "
            + "it one, or name another class.");
        Refusal(NameOf<Failing>()).ShouldBe($"goka.kafka.table-reader: {typeof(Failing).FullName} cannot be made: no luck");
    }

    static string Refusal(string name)
    {
        using var system = ActorSystem.Create("refusing", Quiet);
        return Should.Throw<ConfigurationException>(() => Choose(name, system).Kafka).Message;
    }

    static Goka Choose(string name, ActorSystem system) => Goka.Get(system, new GokaOptions
    {
        Environment = new Dictionary<string, string>(),
        Settings = ConfigurationFactory.ParseString($$"""
            goka.kafka { bootstrap-servers = "a:1", table-reader = "{{name}}", table-consumer.fetch.wait.max.ms = 7 }
            """),
    });

    static string NameOf<T>() => $"{typeof(T).FullName}, {typeof(T).Assembly.GetName().Name}";

    sealed class WithSystem(ActorSystem system) : ITableReaderProvider
    {
        public ActorSystem System => system;

        public ITableReader Create(IReadOnlyDictionary<string, string> settings, string where) => new Reader(this, settings, where);
    }

    sealed class WithoutSystem : ITableReaderProvider
    {
        public ITableReader Create(IReadOnlyDictionary<string, string> settings, string where) => new Reader(this, settings, where);
    }

    sealed class WithNumber(int number) : ITableReaderProvider
    {
        public ITableReader Create(IReadOnlyDictionary<string, string> settings, string where) => throw new InvalidOperationException($"{number}");
    }

    sealed class Failing : ITableReaderProvider
    {
        public Failing() => throw new InvalidOperationException("no luck");

        public ITableReader Create(IReadOnlyDictionary<string, string> settings, string where) => throw new InvalidOperationException();
    }

    sealed record Reader(ITableReaderProvider Provider, IReadOnlyDictionary<string, string> Settings, string Where) : ITableReader
    {
        public ITableSubscription Subscribe(string topic, int partition, long fromOffset, ITableListener listener) => throw new InvalidOperationException();

        public Task<IReadOnlyList<long>> Ends(string topic, int partitions, TimeSpan timeout) => throw new InvalidOperationException();

        public void Dispose()
        {
        }
    }
}
