namespace System.IO.Hashing;

/// <summary>The one type of the package that Azure.Storage.Blobs refers to: an incremental, non-cryptographic hash.</summary>
public abstract class NonCryptographicHashAlgorithm
{
    /// <summary>Sets the length of the hash.</summary>
    /// <param name="hashLengthInBytes">Length of the hash, in bytes; at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="hashLengthInBytes"/> is less than 1.</exception>
    protected NonCryptographicHashAlgorithm(int hashLengthInBytes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(hashLengthInBytes, 1);
        HashLengthInBytes = hashLengthInBytes;
    }

    /// <summary>Length of the hash, in bytes.</summary>
    public int HashLengthInBytes { get; }

    /// <summary>Adds <paramref name="source"/> to what is hashed.</summary>
    public abstract void Append(ReadOnlySpan<byte> source);

    /// <summary>Back to the state before any <see cref="Append(ReadOnlySpan{byte})"/>.</summary>
    public abstract void Reset();

    /// <summary>Writes the hash of what was added so far, without a reset.</summary>
    /// <param name="destination">At least <see cref="HashLengthInBytes"/> bytes.</param>
    protected abstract void GetCurrentHashCore(Span<byte> destination);

    /// <summary>The hash of what was added so far, without a reset.</summary>
    public byte[] GetCurrentHash()
    {
        var hash = new byte[HashLengthInBytes];
        GetCurrentHashCore(hash);
        return hash;
    }

    /// <summary>Writes the hash of what was added so far, without a reset.</summary>
    /// <exception cref="ArgumentException"><paramref name="destination"/> is shorter than the hash.</exception>
    public int GetCurrentHash(Span<byte> destination)
    {
        if (destination.Length < HashLengthInBytes)
            throw new ArgumentException($"the destination has {destination.Length} bytes, the hash {HashLengthInBytes}", nameof(destination));
        GetCurrentHashCore(destination[..HashLengthInBytes]);
        return HashLengthInBytes;
    }
}
