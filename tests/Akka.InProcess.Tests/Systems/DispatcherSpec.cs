using Akka.Actor;
using Akka.Configuration;

namespace Akka.InProcess.Tests.Systems;

public sealed class DispatcherSpec() : Akka.TestKit.Xunit2.TestKit("""
    goka {
      pool { type = Dispatcher, throughput = 1 }
      tasks { type = TaskDispatcher }
      channel { type = Dispatcher, executor = channel-executor, channel-executor.priority = high }
      forked { type = ForkJoinDispatcher, dedicated-thread-pool { thread-count = 1, threadtype = background } }
      executor { type = Dispatcher, executor = fork-join-executor, fork-join-executor { parallelism-min = 1, parallelism-max = 1 } }
      pinned { type = PinnedDispatcher }
      alias = goka.pinned
      wrong { type = Nonsense }
      none { type = ForkJoinDispatcher, dedicated-thread-pool { thread-count = 0 } }
    }
    """)
{
    sealed class Where(IActorRef reportTo) : UntypedActor
    {
        protected override void OnReceive(object message) => reportTo.Tell((Thread.CurrentThread.Name, Environment.CurrentManagedThreadId));
    }

    (string Name, int Id) RunsOn(string dispatcher)
    {
        var actor = Sys.ActorOf(Props.Create(() => new Where(TestActor)).WithDispatcher(dispatcher));
        actor.Tell("where");
        var first = ExpectMsg<(string, int)>();
        actor.Tell("where");
        ExpectMsg<(string, int)>();
        return first;
    }

    [Theory]
    [InlineData("goka.pool")]
    [InlineData("goka.tasks")]
    [InlineData("goka.channel")]
    [InlineData("akka.actor.default-dispatcher")]
    [InlineData("akka.actor.default-blocking-io-dispatcher")]
    public void Dispatchers_of_the_thread_pool_must_run_actors(string id) => RunsOn(id).Name.ShouldNotStartWith("goka");

    [Fact]
    public void A_fork_join_dispatcher_must_share_its_threads()
    {
        RunsOn("goka.forked").Name.ShouldBe("goka.forked_1");
        RunsOn("goka.forked").Id.ShouldBe(RunsOn("goka.forked").Id);
        RunsOn("goka.executor").Name.ShouldBe("goka.executor_1");
    }

    [Fact]
    public void A_pinned_dispatcher_must_give_every_actor_a_thread()
    {
        var one = RunsOn("goka.pinned");
        one.Name.ShouldBe("goka.pinned_1");
        RunsOn("goka.alias").Id.ShouldNotBe(one.Id);
    }

    [Theory]
    [InlineData("goka.unknown")]
    [InlineData("goka.wrong")]
    [InlineData("goka.none")]
    public void A_dispatcher_that_is_not_configured_well_must_be_an_error_that_names_it(string id) =>
        Should.Throw<ConfigurationException>(() => RunsOn(id)).Message.ShouldContain(id);

    [Fact]
    public async Task An_actor_must_handle_one_message_at_a_time_in_the_order_of_each_sender()
    {
        const int senders = 8, each = 20_000;
        var actor = Sys.ActorOf(Props.Create(() => new Ordered(senders)));
        await Task.WhenAll(Enumerable.Range(0, senders).Select(sender => Task.Run(() =>
        {
            for (var i = 1; i <= each; i++)
                actor.Tell((sender, i), ActorRefs.NoSender);
        })));
        (await actor.Ask<string>("verdict", TimeSpan.FromSeconds(30))).ShouldBe($"{senders * each} in order, at most 1 at a time");
    }

    sealed class Ordered(int senders) : UntypedActor
    {
        readonly int[] _last = new int[senders];
        int _inside;
        int _most;
        int _count;
        bool _ordered = true;

        protected override void OnReceive(object message)
        {
            _most = Math.Max(_most, Interlocked.Increment(ref _inside));
            if (message is (int sender, int number))
            {
                _ordered &= number == ++_last[sender];
                _count++;
            }
            else
            {
                Sender.Tell($"{_count} {(_ordered ? "in order" : "out of order")}, at most {_most} at a time");
            }
            Interlocked.Decrement(ref _inside);
        }
    }
}
