using Akka.Configuration;
using Akka.Event;

namespace Akka.Actor;

public sealed class CoordinatedShutdownExtension : ExtensionIdProvider<CoordinatedShutdown>
{
    public override CoordinatedShutdown CreateExtension(ExtendedActorSystem system)
    {
        var config = system.Settings.Config.GetConfig("akka.coordinated-shutdown");
        if (config.IsNullOrEmpty())
            throw new ConfigurationException("akka.coordinated-shutdown config cannot be empty");
        var shutdown = new CoordinatedShutdown(system, new ShutdownPhases(config));
        var exit = new ProcessExit(system, shutdown);
        if (config.GetBoolean("run-by-clr-shutdown-hook"))
            exit.Hook();
        AddLastPhase(system, shutdown, exit, config.GetBoolean("exit-clr"));
        return shutdown;
    }

    static void AddLastPhase(ExtendedActorSystem system, CoordinatedShutdown shutdown, ProcessExit exit, bool exitClr)
    {
        var terminate = system.Settings.CoordinatedShutdownTerminateActorSystem;
        if (!terminate && !exitClr)
            return;
        shutdown.AddTask(CoordinatedShutdown.PhaseActorSystemTerminate, "terminate-system", async () =>
        {
            if (terminate)
            {
                var terminated = ((ActorSystemImpl)system).FinalTerminate();
                await (exitClr
                    ? Task.WhenAny(terminated, Task.Delay(shutdown.Timeout(CoordinatedShutdown.PhaseActorSystemTerminate)))
                    : terminated).ConfigureAwait(false);
            }
            if (exitClr && !exit.IsUnderWay)
                Environment.Exit(0);
            return Done.Instance;
        });
    }

    /// <summary>
    /// The end of the process, by the end of Main or Environment.Exit: it waits for the shutdown. Since .NET 10 a SIGTERM is such an
    /// end only for programs that handle the signal.
    /// </summary>
    sealed class ProcessExit(ActorSystem system, CoordinatedShutdown shutdown)
    {
        public bool IsUnderWay { get; private set; }

        public void Hook()
        {
            AppDomain.CurrentDomain.ProcessExit += OnExit;
            system.WhenTerminated.ContinueWith(_ => AppDomain.CurrentDomain.ProcessExit -= OnExit, TaskScheduler.Default);
        }

        void OnExit(object sender, EventArgs args)
        {
            IsUnderWay = true;
            if (system.WhenTerminated.IsCompleted)
                return;
            system.Log.Info("Starting coordinated shutdown from CLR termination hook.");
            try
            {
                shutdown.Run(CoordinatedShutdown.ClrExitReason.Instance).Wait(shutdown.TotalTimeout);
            }
            catch (AggregateException e)
            {
                system.Log.Warning("CoordinatedShutdown from CLR shutdown failed: {0}", e.Message);
            }
        }
    }
}
