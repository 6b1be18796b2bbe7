using System.Buffers;
using System.Text;
using GokaAkka.Tables;

namespace GokaAkka.Samples.Churn;

/// <summary>What an export wrote.</summary>
/// <param name="Paths">Lines.</param>
/// <param name="Changes">The sum of all changes.</param>
readonly record struct Exported(long Paths, long Changes);

/// <summary>Writes a table as <c>path, changes, added, deleted</c>, separated by tabs, in the order it is read. The file appears whole.</summary>
static class TableFile
{
    /// <summary>Checks that the file can be written before hours of work go into what it should hold.</summary>
    /// <exception cref="SampleException">Its directory is not there, or it is a directory itself.</exception>
    public static void Check(string path)
    {
        var directory = Path.GetDirectoryName(Path.GetFullPath(path));
        if (!Directory.Exists(directory))
            throw new SampleException($"--out {path}: there is no directory '{directory}'; make it first.");
        if (Directory.Exists(path))
            throw new SampleException($"--out {path} is a directory; give a file's name.");
    }

    /// <param name="path">The file.</param>
    /// <param name="table">What goes into it.</param>
    /// <param name="check">Refuses a table that is not complete, by an exception; then there is no file.</param>
    /// <exception cref="SampleException">It cannot be written.</exception>
    public static Exported Write(string path, TableIterator<FileChurn> table, Action<Exported> check)
    {
        var draft = $"{path}.{Environment.ProcessId}.tmp";
        try
        {
            Exported written;
            using (var file = new FileStream(draft, FileMode.Create, FileAccess.Write))
                written = Write(file, table);
            check(written);
            File.Move(draft, path, overwrite: true);
            return written;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SampleException($"--out {path} cannot be written: {e.Message}", e);
        }
        finally
        {
            File.Delete(draft);
        }
    }

    static Exported Write(FileStream file, TableIterator<FileChurn> table)
    {
        var written = default(Exported);
        var line = new ArrayBufferWriter<byte>();
        while (table.Next())
        {
            var churn = table.Value;
            line.ResetWrittenCount();
            line.Write(table.KeyBytes);
            Encoding.ASCII.GetBytes($"\t{churn.Changes}\t{churn.Added}\t{churn.Deleted}\n", line);
            file.Write(line.WrittenSpan);
            written = new Exported(written.Paths + 1, written.Changes + churn.Changes);
        }

        return written;
    }
}
