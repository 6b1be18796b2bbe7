using System.Buffers;
using System.IO.Pipelines;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace GokaAkka.Commands.Protocol;

/// <summary>The command protocol on a stream: a line of JSON, in UTF-8 and of bounded length, for each message. One reader, many writers.</summary>
sealed class CommandLine<TRead, TWritten> : IAsyncDisposable where TRead : class
{
    /// <summary>What is spoken here.</summary>
    public const int Version = 1;

    static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    readonly Stream _stream;
    readonly PipeReader _reader;
    readonly SemaphoreSlim _writing = new(1, 1);
    readonly int _longest;
    readonly TimeSpan _writeTimeout;

    /// <param name="stream">The connection, which is disposed with this.</param>
    /// <param name="longest">The longest line that is read, in bytes.</param>
    /// <param name="writeTimeout">How long the other side may not read what is written.</param>
    public CommandLine(Stream stream, int longest, TimeSpan writeTimeout)
    {
        _stream = stream;
        _longest = longest;
        _writeTimeout = writeTimeout;
        _reader = PipeReader.Create(stream);
    }

    /// <summary>The next message; null at the end of the connection.</summary>
    /// <exception cref="ProtocolException">What came is no message.</exception>
    /// <exception cref="IOException">The connection is broken.</exception>
    public async Task<TRead?> Read(CancellationToken cancellation)
    {
        while (true)
        {
            var result = await _reader.ReadAsync(cancellation).ConfigureAwait(false);
            var buffer = result.Buffer;
            if (buffer.PositionOf((byte)'\n') is { } end)
            {
                var line = buffer.Slice(0, end);
                if (line.Length > _longest)
                    throw TooLong();
                var message = Parse(line);
                _reader.AdvanceTo(buffer.GetPosition(1, end));
                return message;
            }

            if (buffer.Length > _longest)
                throw TooLong();
            if (result.IsCompleted)
                return null;
            _reader.AdvanceTo(buffer.Start, buffer.End);
        }
    }

    /// <param name="message">The message.</param>
    /// <param name="cancellation">Ends the wait for others that write; a line that is begun is written to its end.</param>
    /// <exception cref="IOException">The connection is broken, or the other side reads nothing; then it is broken off.</exception>
    public async Task Write(TWritten message, CancellationToken cancellation)
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes(message, Json);
        Array.Resize(ref bytes, bytes.Length + 1);
        bytes[^1] = (byte)'\n';
        await _writing.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            using var late = new CancellationTokenSource(_writeTimeout);
            await _stream.WriteAsync(bytes, late.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // What followed half a line would not be understood.
            await _stream.DisposeAsync().ConfigureAwait(false);
            throw new IOException($"The other side has read nothing for {_writeTimeout.TotalSeconds:0} s.");
        }
        finally
        {
            _writing.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _reader.CompleteAsync().ConfigureAwait(false);
        await _stream.DisposeAsync().ConfigureAwait(false);
    }

    static TRead Parse(ReadOnlySequence<byte> line)
    {
        try
        {
            var json = new Utf8JsonReader(line);
            return JsonSerializer.Deserialize<TRead>(ref json, Json) ?? throw new ProtocolException("A line is 'null': expected a JSON object.");
        }
        catch (JsonException e)
        {
            throw new ProtocolException($"A line is no message of this protocol: {e.Message}");
        }
    }

    ProtocolException TooLong() => new($"A line is longer than {_longest} bytes.");
}

/// <summary>What came is not of this protocol.</summary>
sealed class ProtocolException(string message) : Exception(message);
