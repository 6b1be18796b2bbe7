using Akka.Actor;
using Akka.Configuration;
using Akka.Event;

namespace Akka.InProcess.Tests.Systems;

public sealed class LoggingSpec() : Akka.TestKit.Xunit2.TestKit("akka.loglevel = DEBUG")
{
    [Fact]
    public void Events_must_carry_source_class_cause_and_formatted_message()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(Warning));
        var cause = new InvalidOperationException("why");
        Logging.GetLogger(Sys, "source").Warning(cause, "{0} of {1}", 1, 2);
        var logged = ExpectMsg<Warning>();
        logged.LogSource.ShouldBe("source (akka://test)");
        logged.LogClass.ShouldBe(typeof(DummyClassForStringSources));
        logged.Cause.ShouldBe(cause);
        logged.Message.ToString().ShouldBe("1 of 2");
        logged.LogLevel().ShouldBe(LogLevel.WarningLevel);
        ((LogMessage)logged.Message).Format.ShouldBe("{0} of {1}");
        logged.ToString().ShouldMatch(@"^\[WARNING\]\[\d\d/\d\d/\d{4} \d\d:\d\d:\d\d\.\d{3}Z\]\[Thread \d{4,}\]\[source \(akka://test\)\] 1 of 2\r?\nCause: System\.InvalidOperationException: why");
    }

    [Fact]
    public void An_actors_logger_must_be_named_by_its_path()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(Info));
        var actor = Sys.ActorOf(Props.Create(() => new Actors.Subject(TestActor)), "subject");
        actor.Tell(new Actors.Subject.Do(context => context.GetLogger().Info("here")));
        FishForMessage<Info>(info => info.LogSource == "akka://test/user/subject" && info.LogClass == typeof(Actors.Subject)).Message.ShouldBe("here");
    }

    [Fact]
    public void Every_level_must_publish_its_event()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(LogEvent));
        var log = Logging.GetLogger(Sys, GetType());
        log.Debug("d {0}", 1);
        log.Info("i {0} {1} {2} {3} {4} {5}", 1, 2, 3, 4, 5, 6);
        log.Warning("w {0}", "x");
        log.Error(new Exception("why"), "e");
        log.Log(LogLevel.InfoLevel, "l {0}", 1);
        var mine = ReceiveWhile<LogEvent>(_ => true, idle: TimeSpan.FromMilliseconds(50), max: TimeSpan.FromSeconds(3))
            .Where(logged => logged.LogSource == "LoggingSpec (akka://test)").ToList();
        mine.Select(logged => logged.Message.ToString()).ShouldBe(["d 1", "i 1 2 3 4 5 6", "w x", "e", "l 1"]);
        mine.Select(logged => logged.GetType()).ShouldBe([typeof(Debug), typeof(Info), typeof(Warning), typeof(Error), typeof(Info)]);
    }

    [Fact]
    public void Levels_below_the_configured_one_must_not_be_published()
    {
        using var system = ActorSystem.Create("quiet", ConfigurationFactory.ParseString("akka.loglevel = ERROR, akka.stdout-loglevel = OFF"));
        var probe = CreateTestProbe(system);
        system.EventStream.Subscribe(probe.Ref, typeof(LogEvent));
        var log = Logging.GetLogger(system, "quiet");
        log.IsWarningEnabled.ShouldBeFalse();
        log.Warning("not this");
        log.Error("this");
        probe.ExpectMsg<Error>().Message.ShouldBe("this");
    }

    [Fact]
    public void A_logger_of_the_configuration_must_get_what_is_logged()
    {
        Recording.Events.Clear();
        using (var system = ActorSystem.Create("recorded", ConfigurationFactory.ParseString(
            $"akka.loggers = [\"{typeof(Recording).AssemblyQualifiedName.Replace("\"", "")}\"], akka.loglevel = INFO, akka.stdout-loglevel = OFF")))
        {
            system.Log.Debug("below");
            system.Log.Info("recorded {0}", 1);
            AwaitCondition(() => Recording.Events.Contains("recorded 1"));
        }
        Recording.Events.ShouldNotContain("below");
    }

    [Fact]
    public void A_logger_that_does_not_exist_must_fail_the_start_and_be_named() =>
        Should.Throw<ConfigurationException>(() => ActorSystem.Create("x", ConfigurationFactory.ParseString("akka.loggers = [\"No.Such, Thing\"]")))
            .Message.ShouldContain("No.Such, Thing");

    [Fact]
    public async Task Dead_letters_must_be_logged_until_there_are_too_many()
    {
        using var system = ActorSystem.Create("letters", ConfigurationFactory.ParseString("akka.log-dead-letters = 2, akka.stdout-loglevel = OFF")
            .WithFallback(DefaultConfig));
        var filter = CreateEventFilter(system);
        await system.ActorSelection("/system/deadLetterListener").ResolveOne(TimeSpan.FromSeconds(5));
        filter.Info(contains: "was not delivered. [1] dead letters encountered.").ExpectOne(() => system.DeadLetters.Tell("one"));
        filter.Info(contains: "no more dead letters will be logged in next").ExpectOne(() => system.DeadLetters.Tell("two"));
        filter.Info(contains: "was not delivered").Expect(0, TimeSpan.FromMilliseconds(50), () => system.DeadLetters.Tell("three"));
    }

    [Fact]
    public void A_wrong_format_must_not_lose_what_was_said()
    {
        var output = new StringWriter();
        var console = Console.Out;
        Console.SetOut(output);
        try
        {
            new StandardOutLogger().Tell(new Info("s", GetType(), new Wrong()), ActorRefs.NoSender);
        }
        finally
        {
            Console.SetOut(console);
        }
        output.ToString().ShouldContain("str=[{1}], args=[only one]");
    }

    sealed class Wrong() : LogMessage(DefaultLogMessageFormatter.Instance, "{1}")
    {
        public override string Unformatted() => "only one";

        public override IEnumerable<object> Parameters() => ["only one"];

        public override string ToString() => Formatter.Format(Format, Parameters());
    }

    public sealed class Recording : ReceiveActor
    {
        public static readonly System.Collections.Concurrent.ConcurrentBag<string> Events = [];

        public Recording()
        {
            Receive<InitializeLogger>(_ => Sender.Tell(new LoggerInitialized()));
            Receive<LogEvent>(logged => Events.Add(logged.Message.ToString()));
        }
    }
}
