namespace GokaAkka.Samples.Churn;

/// <summary>Writes the group's table to a file once the group has processed all of its input.</summary>
sealed class TableExport(SampleNode node, string topic, Table<FileChurn> table, TimeSpan patience)
{
    /// <summary>How far the group is.</summary>
    public GroupLag Lag { get; } = new(node.Goka.Kafka, node.Settings.Group, topic);

    /// <exception cref="SampleException">The group or the view stands still, the table is not complete, or the file cannot be written.</exception>
    public async Task<Exported> Run(string path, CancellationToken stop)
    {
        await Lag.UntilProcessed(patience, stop);
        // Begun only now, so that the whole table is there to be read before the view is ready.
        await using var view = node.Goka.View(table);
        await view.UntilReady(patience, stop);
        using var iterator = view.Iterate();
        return TableFile.Write(path, iterator, Check);
    }

    // An embedded broker keeps 5 MB of a partition and forgets what is older: of the input before it was processed, or of the table.
    void Check(Exported exported)
    {
        if (node.IsEmbedded && exported.Changes < Lag.Total)
        {
            throw new SampleException(
                $"The table has {exported.Changes:#,0} changes, expected the {Lag.Total:#,0} of topic '{topic}': the embedded broker keeps only the "
                + "last 5 MB of a partition. Use a Kafka cluster (--bootstrap) for an input this large.");
        }
    }
}
