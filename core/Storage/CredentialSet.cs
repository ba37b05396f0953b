using System.Globalization;
using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace FedOperator.Core.Storage;

/// <summary>One version of a process's credentials: `{"containers": {"NAME": "URL with its SAS"}}`. Secret.</summary>
internal sealed class CredentialSet
{
    /// <summary>Longest document, in bytes.</summary>
    public const int MaximumLength = 1 << 20;

    // A URL has a dozen ampersands: as they are, each is a byte and not six, in a document that Secrets must hold thousands of times.
    private static readonly CredentialJson s_plain = new(new JsonSerializerOptions(JsonSerializerDefaults.Web) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    private readonly IReadOnlyDictionary<string, Uri> _urls;

    private CredentialSet(byte[] content, IReadOnlyDictionary<string, Uri> urls)
    {
        (Content, _urls) = (content, urls);
        Fingerprint = Convert.ToHexStringLower(SHA256.HashData(content));
        Starts = Times(urls.Values, "st").Max();
        Ends = Times(urls.Values, "se").Min();
    }

    /// <summary>The document.</summary>
    public byte[] Content { get; }

    /// <summary>Tells versions apart.</summary>
    public string Fingerprint { get; }

    /// <summary>From when on all of its signatures are good; null where they do not say.</summary>
    public DateTimeOffset? Starts { get; }

    /// <summary>When the first of its signatures ends; null where they do not say.</summary>
    public DateTimeOffset? Ends { get; }

    /// <summary>The URL of a container, signature included; null where it has none.</summary>
    public Uri? UrlOf(string container) => _urls.GetValueOrDefault(container);

    /// <summary>Reads a document.</summary>
    /// <param name="content">Its bytes.</param>
    /// <param name="where">Where it was found, for messages.</param>
    /// <exception cref="BlobStoreException">It is malformed: <see cref="BlobFault.Denied"/>.</exception>
    public static CredentialSet Parse(byte[] content, string where)
    {
        try
        {
            var named = JsonSerializer.Deserialize(content, CredentialJson.Default.CredentialDocument)?.Containers ?? new Dictionary<string, string>(StringComparer.Ordinal);
            var urls = new Dictionary<string, Uri>(StringComparer.Ordinal);
            foreach (var (container, text) in named)
            {
                urls.Add(container, Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https"
                    ? url
                    : throw new BlobStoreException(BlobFault.Denied, $"{container}: {where} has something else than an http(s) URL for it"));
            }
            return new CredentialSet(content, urls);
        }
        catch (JsonException)
        {
#pragma warning disable MA0054 // no inner exception: a parser's message may quote the content
            throw new BlobStoreException(BlobFault.Denied, $"{where} cannot be read: it is not JSON of the form {{\"containers\": {{\"NAME\": \"URL\"}}}}");
#pragma warning restore MA0054
        }
    }

    /// <summary>The document with these URLs.</summary>
    public static byte[] Write(IReadOnlyDictionary<string, Uri> containers) => JsonSerializer.SerializeToUtf8Bytes(
        new CredentialDocument(containers.OrderBy(c => c.Key, StringComparer.Ordinal).ToDictionary(c => c.Key, c => c.Value.AbsoluteUri, StringComparer.Ordinal)),
        s_plain.CredentialDocument);

    private static IEnumerable<DateTimeOffset?> Times(IEnumerable<Uri> urls, string parameter) => urls
        .SelectMany(url => url.Query.TrimStart('?').Split('&'))
        .Where(pair => pair.StartsWith(parameter + "=", StringComparison.Ordinal))
        .Select(pair => DateTimeOffset.TryParse(Uri.UnescapeDataString(pair[(parameter.Length + 1)..]), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : (DateTimeOffset?)null);
}

/// <summary>The form of a credential document.</summary>
/// <param name="Containers">URL with SAS by container.</param>
internal sealed record CredentialDocument(IReadOnlyDictionary<string, string>? Containers);

/// <summary>How a credential document is read and written.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(CredentialDocument))]
internal sealed partial class CredentialJson : JsonSerializerContext;
