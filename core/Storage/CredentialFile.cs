using System.Text.Json;
using System.Text.Json.Serialization;

namespace FedOperator.Core.Storage;

/// <summary>A process's credentials: `{"containers": {"NAME": "URL with its SAS"}}`. Read when a container is opened, and again after a refusal.</summary>
internal sealed class CredentialFile(string path)
{
    private const long MaximumLength = 1 << 20;

    /// <summary>The URL of a container, signature included. Never for a log.</summary>
    /// <exception cref="BlobStoreException">The file is unreadable, malformed, or has no URL for the container: <see cref="BlobFault.Denied"/>.</exception>
    public Uri UrlOf(string container)
    {
        var urls = Read().Containers;
        if (urls is null || !urls.TryGetValue(container, out var text))
            throw new BlobStoreException(BlobFault.Denied, $"{container}: the credential file {path} has no entry for it");
        return Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https"
            ? url
            : throw new BlobStoreException(BlobFault.Denied, $"{container}: the credential file {path} has something else than an http(s) URL for it");
    }

    /// <summary>Writes such a file, readable by its owner only, whole or not at all.</summary>
    public static void Write(string path, IReadOnlyDictionary<string, Uri> containers)
    {
        var document = new CredentialDocument(containers.OrderBy(c => c.Key, StringComparer.Ordinal).ToDictionary(c => c.Key, c => c.Value.AbsoluteUri, StringComparer.Ordinal));
        var temporary = path + ".new";
        File.Delete(temporary);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var file = new FileStream(temporary, options))
            JsonSerializer.Serialize(file, document, CredentialJson.Default.CredentialDocument);
        File.Move(temporary, path, overwrite: true);
    }

    private CredentialDocument Read()
    {
        try
        {
            if (new FileInfo(path).Length > MaximumLength)
                throw new BlobStoreException(BlobFault.Denied, $"the credential file {path} is longer than {MaximumLength} bytes");
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), CredentialJson.Default.CredentialDocument) ?? new CredentialDocument(null);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or JsonException)
        {
            // no inner exception: a parser's message may quote the content
            throw new BlobStoreException(BlobFault.Denied, $"the credential file {path} cannot be read: {fault.GetType().Name}");
        }
    }
}

/// <summary>The form of a credential file.</summary>
/// <param name="Containers">URL with SAS by container.</param>
internal sealed record CredentialDocument(IReadOnlyDictionary<string, string>? Containers);

/// <summary>How a credential file is read and written.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(CredentialDocument))]
internal sealed partial class CredentialJson : JsonSerializerContext;
