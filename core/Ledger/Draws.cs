using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace FedOperator.Core.Ledger;

/// <summary>The counter-based generator behind every draw of a job: splits, shuffles, sampling. Any language can repeat it.</summary>
/// <remarks>
/// The key is the first 8 bytes, as a little-endian integer, of SHA-256 over: seed, round and index (8 bytes each, little-endian), the purpose in UTF-8, one zero byte, the client's name in UTF-8.
/// The k-th draw (from 0) is SplitMix64's finalizer of key + (k + 1) 0x9E3779B97F4A7C15 (Steele, Lea, Flood 2014): a function of key and k alone.
/// </remarks>
public sealed class Draws
{
    private readonly ulong _key;
    private ulong _count;

    /// <summary>A stream of draws, one for each combination of arguments.</summary>
    /// <param name="seed">The job's.</param>
    /// <param name="purpose">What is drawn (`batches`, `partition/train`, `participants`, ...).</param>
    /// <param name="client">The client's name; empty for what belongs to no client.</param>
    /// <param name="round">The round; 0 for what belongs to no round.</param>
    /// <param name="index">Tells streams of one purpose apart, such as the epochs of a round.</param>
    public Draws(long seed, string purpose, string client = "", long round = 0, long index = 0)
    {
        var text = Encoding.UTF8.GetBytes(purpose + "\0" + client);
        var message = new byte[24 + text.Length];
        BinaryPrimitives.WriteInt64LittleEndian(message, seed);
        BinaryPrimitives.WriteInt64LittleEndian(message.AsSpan(8), round);
        BinaryPrimitives.WriteInt64LittleEndian(message.AsSpan(16), index);
        text.CopyTo(message, 24);
        _key = BinaryPrimitives.ReadUInt64LittleEndian(SHA256.HashData(message));
    }

    /// <summary>64 uniform bits.</summary>
    public ulong Next()
    {
        _count++;
        var z = unchecked(_key + (_count * 0x9E3779B97F4A7C15UL));
        z = unchecked((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL);
        z = unchecked((z ^ (z >> 27)) * 0x94D049BB133111EBUL);
        return z ^ (z >> 31);
    }

    /// <summary>A uniform integer in [0, <paramref name="limit"/>): the high half of a 64 x 64 bit product, redrawn where its low half is below 2^64 mod limit (Lemire 2019), so without bias.</summary>
    public int Below(int limit)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(limit);
        var unfair = unchecked(0UL - (ulong)limit) % (ulong)limit;
        while (true)
        {
            var high = Math.BigMul(Next(), (ulong)limit, out var low);
            if (low >= unfair)
                return (int)high;
        }
    }

    /// <summary>A uniform double in (0, 1): the middle of one of 2^53 equal cells.</summary>
    public double Uniform() => ((Next() >> 11) + 0.5) * (1.0 / (1UL << 53));

    /// <summary>Puts the items in a uniformly random order (Fisher and Yates, from the last item down).</summary>
    public void Shuffle<T>(Span<T> items)
    {
        for (var i = items.Length - 1; i > 0; i--)
        {
            var j = Below(i + 1);
            (items[i], items[j]) = (items[j], items[i]);
        }
    }

    /// <summary>0 ... <paramref name="count"/> - 1 in a uniformly random order.</summary>
    public int[] Permutation(int count)
    {
        var order = new int[count];
        for (var i = 0; i < count; i++)
            order[i] = i;
        Shuffle(order.AsSpan());
        return order;
    }

    /// <summary><paramref name="chosen"/> different integers below <paramref name="count"/>, in ascending order, each set of them equally likely.</summary>
    public int[] Choose(int chosen, int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(chosen, count);
        var order = Permutation(count)[..chosen];
        Array.Sort(order);
        return order;
    }
}
