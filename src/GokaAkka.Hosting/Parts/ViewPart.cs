using GokaAkka.Actors;
using GokaAkka.Graph;
using GokaAkka.Inspection;
using GokaAkka.Kafka;
using GokaAkka.Tables;

namespace GokaAkka.Hosting;

/// <summary>A view that a host runs.</summary>
sealed class ViewPart<T>(Table<T> table, TableUpdate? update, IPartitioner? partitioner) : Part<View<T>>("view", table.Name)
{
    protected override RunningPart<View<T>> Run(IServiceProvider services, Goka goka) => new Running(goka.View(table, update, partitioner));

    sealed class Running(View<T> view) : RunningPart<View<T>>(view)
    {
        public override Task Ended => Instance.Done;

        public override bool IsProcessor => false;

        public override Task Stop() => Instance.DisposeAsync().AsTask();

        public override PartHealth Live(Goka goka) => ViewHealth.Live(Instance.Table.Name, Instance.Status);

        public override PartHealth Ready() => ViewHealth.Ready(Instance.Table.Name, Instance.Status);
    }
}
