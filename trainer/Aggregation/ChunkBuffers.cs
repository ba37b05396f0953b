using FedOperator.Core.Ledger;

namespace FedOperator.Trainer.Aggregation;

/// <summary>The memory that one chunk in work needs; used again for the next.</summary>
internal sealed class ChunkBuffers
{
    private readonly byte[][] _clients = [new byte[ChunkPlan.Span], new byte[ChunkPlan.Span], new byte[ChunkPlan.Span], new byte[ChunkPlan.Span]];
    private readonly double[] _values = new double[ChunkPlan.Elements];
    private readonly Dictionary<(string Tensor, long First), byte[]> _counters = [];
    private int _elements;

    /// <summary>Reads on their way.</summary>
    public Task[] Reads { get; } = new Task[4];

    /// <summary>The averaged elements' values, piece after piece, counters left out.</summary>
    public Span<double> Values => _values.AsSpan(0, _elements);

    /// <summary>The base checkpoint's bytes of the chunk.</summary>
    public byte[] Base { get; } = new byte[ChunkPlan.Span];

    /// <summary>The server optimizer's velocity, as <see cref="Values"/>: little-endian fp64.</summary>
    public byte[] Velocity { get; } = new byte[8 * ChunkPlan.Elements];

    /// <summary>The base's values as fp64.</summary>
    public double[] Widened { get; } = new double[ChunkPlan.Elements];

    /// <summary>What goes into the new checkpoint, piece after piece.</summary>
    public byte[] Result { get; } = new byte[ChunkPlan.Span];

    public Memory<byte> Client(int i, int length) => _clients[i].AsMemory(0, length);

    public Span<byte> CountersOf(Piece piece) => _counters[(piece.Tensor.Name, piece.First)];

    /// <summary>Clears the sums; counters start at zero.</summary>
    public void Start(Chunk chunk)
    {
        _counters.Clear();
        foreach (var piece in chunk.Pieces.Where(p => p.Tensor.Role == TensorRole.Counter))
            _counters.Add((piece.Tensor.Name, piece.First), new byte[piece.Bytes]);
        _elements = chunk.Values;
        Values.Clear();
    }
}
