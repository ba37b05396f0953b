using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using FedOperator.Core.Api;
using FedOperator.Core.Storage;

namespace FedOperator.Core.Ledger;

/// <summary>A document as it lies in the store.</summary>
/// <param name="Document">What it says.</param>
/// <param name="Sha256">Of its bytes, in lower-case hex.</param>
/// <param name="ETag">Its ETag when it was read or written.</param>
public sealed record Stored<T>(T Document, string Sha256, string ETag);

/// <summary>Typed reads and writes of a container's documents.</summary>
public static class LedgerDocuments
{
    /// <summary>Reads a document.</summary>
    /// <returns>Null where there is none.</returns>
    /// <exception cref="LedgerException">It is not JSON of that type, or longer than a document may be.</exception>
    public static Task<Stored<T>?> ReadDocumentAsync<T>(this IBlobStore store, string name, JsonTypeInfo<T> type, CancellationToken cancellationToken)
        where T : class => store.ReadNewerAsync(name, known: null, type, cancellationToken);

    /// <summary>Reads a document, unless it is still the one that the caller knows.</summary>
    /// <returns>The known one where it is; null where there is none.</returns>
    /// <exception cref="LedgerException">It is not JSON of that type, or longer than a document may be.</exception>
    public static async Task<Stored<T>?> ReadNewerAsync<T>(this IBlobStore store, string name, Stored<T>? known, JsonTypeInfo<T> type, CancellationToken cancellationToken)
        where T : class
    {
        try
        {
            var read = await store.ReadAsync(name, LedgerPaths.MaximumDocumentLength, known?.ETag, cancellationToken).ConfigureAwait(false);
            return read.Status switch
            {
                BlobReadStatus.Found => Parse(store, name, read, type),
                BlobReadStatus.NotModified => known,
                _ => null,
            };
        }
        catch (BlobStoreException e) when (e.Fault == BlobFault.TooLong)
        {
            throw new LedgerException(e.Message, e);
        }
    }

    /// <summary>Creates a document if its name is free, and otherwise reads the one that has it: whoever came first is right.</summary>
    public static async Task<Stored<T>> CreateOrAdoptAsync<T>(this IBlobStore store, string name, T document, JsonTypeInfo<T> type, CancellationToken cancellationToken)
        where T : class
    {
        var content = LedgerJson.Write(document, type);
        if (await store.CreateAsync(name, content, cancellationToken).ConfigureAwait(false) is { } etag)
            return new Stored<T>(document, LedgerJson.Sha256(content), etag);
        return await store.ReadDocumentAsync(name, type, cancellationToken).ConfigureAwait(false)
            ?? throw new LedgerException($"{store.Name}/{name} exists and cannot be read: was it deleted just now? Documents of a ledger are never deleted while its job runs");
    }

    private static Stored<T> Parse<T>(IBlobStore store, string name, BlobRead read, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            var node = JsonNode.Parse(read.Content.Span) ?? throw new JsonException("the document is `null`");
            Defaults.Fill(node, type);
            var document = node.Deserialize(type)!;
            return new Stored<T>(document, LedgerJson.Sha256(read.Content.Span), read.ETag!);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentException)
        {
            throw new LedgerException($"{store.Name}/{name} is not a {typeof(T).Name} of protocol 1: {e.Message}", e);
        }
    }
}
