namespace GokaAkka.Nodes;

/// <summary>The command line of a node.</summary>
sealed record NodeArguments(IReadOnlyList<string> ConfigFiles, bool WantsHelp)
{
    public const string Usage =
        """
        --config FILE   HOCON of the node; given again, the later file goes over the earlier one
        --help          prints this

        Settings also come from environment variables: GOKA_KAFKA_BOOTSTRAP_SERVERS for goka.kafka.bootstrap-servers, and so on.

        """ + NodeExit.Codes;

    const string Config = "--config";

    /// <exception cref="NodeEndedException">There is something else; the message says what.</exception>
    public static NodeArguments Parse(IReadOnlyList<string> args)
    {
        var files = new List<string>();
        for (var i = 0; i < args.Count; i++)
        {
            var arg = args[i];
            if (arg is "--help" or "-h")
                return new NodeArguments([], true);
            if (arg.StartsWith(Config + "=", StringComparison.Ordinal) && arg.Length > Config.Length + 1)
                files.Add(arg[(Config.Length + 1)..]);
            else if (arg == Config && i + 1 < args.Count)
                files.Add(args[++i]);
            else
                throw new NodeEndedException(NodeExit.Usage, arg == Config ? "--config: expected a file after it." : $"'{arg}' is no argument of a node.\n{Usage}");
        }

        return new NodeArguments(files, false);
    }
}
