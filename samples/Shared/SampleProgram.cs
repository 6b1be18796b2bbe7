using System.CommandLine;

namespace GokaAkka.Samples;

/// <summary>What is around every sample: arguments, signals, errors as sentences, exit codes.</summary>
static class SampleProgram
{
    const int Failed = 1;
    const int WrongArguments = 2;

    // What a shell reports for a program ended by Ctrl-C: for work that was given up, not for a demo that was told to end.
    const int Interrupted = 130;

    public static async Task<int> Run(string name, string[] args, RootCommand command, CommonOptions options)
    {
        var parsed = command.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            foreach (var error in parsed.Errors)
                Console.Error.WriteLine($"{name}: {error.Message}");
            Console.Error.WriteLine($"./run.sh {name} --help lists the arguments.");
            return WrongArguments;
        }

        using var stop = new StopSignals();
        // Signals and exceptions are handled here; the parser would print stack traces and set a time limit to stopping.
        var configuration = new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null };
        try
        {
            return await parsed.InvokeAsync(configuration, stop.Token);
        }
        catch (OperationCanceledException) when (stop.Token.IsCancellationRequested)
        {
            Console.Error.WriteLine($"{name}: stopped before it was done.");
            return Interrupted;
        }
        catch (Exception error)
        {
            Console.Error.WriteLine($"{name}: {(parsed.GetValue(options.Verbose) ? error.ToString() : error.Message)}");
            return Failed;
        }
    }
}
