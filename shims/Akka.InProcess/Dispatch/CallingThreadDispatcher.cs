namespace Akka.Dispatch;

/// <summary>Runs an actor on the thread that tells it something; for tests.</summary>
sealed class CallingThreadDispatcher(string id) : MessageDispatcher(id, int.MaxValue, TimeSpan.Zero)
{
    public const string ConfiguratorType = "Akka.TestKit.CallingThreadDispatcherConfigurator, Akka.TestKit";

    public override void Schedule(Mailbox mailbox) => mailbox.Execute();
}
