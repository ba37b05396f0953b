using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using k8s.Autorest;
using k8s.Models;

namespace k8s;

public partial class Kubernetes
{
    private static string Query(params (string Name, object Value)[] parameters)
    {
        var given = parameters.Where(p => p.Value is not null).Select(p => $"{p.Name}={Uri.EscapeDataString(Text(p.Value))}").ToList();
        return given.Count == 0 ? "" : "?" + string.Join('&', given);
    }

    private static string Text(object value) => value switch
    {
        bool b => b ? "true" : "false",
        IFormattable f => f.ToString(null, System.Globalization.CultureInfo.InvariantCulture),
        _ => value.ToString(),
    };

    private async Task<HttpOperationResponse<T>> SendAsync<T>(
        HttpMethod method, string path, string query, object body, bool? watch, IReadOnlyDictionary<string, IReadOnlyList<string>> customHeaders, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        if (watch != true)
            limit.CancelAfter(HttpClientTimeout);
        var response = await SendAsync(method, path, query, body, customHeaders, limit.Token).ConfigureAwait(false);
        var result = new HttpOperationResponse<T> { Request = response.RequestMessage, Response = response };
        try
        {
            if (watch == true)
            {
                // As in the package, a watch counts as answered once its first line is there.
                response.Content = await WatchContent.OpenAsync(response.Content, limit.Token).ConfigureAwait(false);
                return result;
            }
            using var stream = await response.Content.ReadAsStreamAsync(limit.Token).ConfigureAwait(false);
            result.Body = await JsonSerializer.DeserializeAsync<T>(stream, _config.JsonSerializerOptions, limit.Token).ConfigureAwait(false);
            return result;
        }
        catch
        {
            result.Dispose();
            throw;
        }
    }

    private async Task<HttpOperationResponse<Stream>> StreamAsync(
        HttpMethod method, string path, string query, IReadOnlyDictionary<string, IReadOnlyList<string>> customHeaders, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(HttpClientTimeout);
        var response = await SendAsync(method, path, query, null, customHeaders, limit.Token).ConfigureAwait(false);
        return new HttpOperationResponse<Stream>
        {
            Request = response.RequestMessage,
            Response = response,
            Body = await response.Content.ReadAsStreamAsync(limit.Token).ConfigureAwait(false),
        };
    }

    private async Task<HttpResponseMessage> SendAsync(
        HttpMethod method, string path, string query, object body, IReadOnlyDictionary<string, IReadOnlyList<string>> customHeaders, CancellationToken cancellationToken)
    {
        // The core group has no name, and a root of its own.
        if (path.StartsWith("apis//", StringComparison.Ordinal))
            path = "api/" + path["apis//".Length..];
        var request = new HttpRequestMessage(method, new Uri(BaseUri, path + query));
        if (!_config.DisableHttp2)
            request.Version = HttpVersion.Version20;
        foreach (var (name, values) in customHeaders ?? new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal))
        {
            request.Headers.Remove(name);
            request.Headers.TryAddWithoutValidation(name, values);
        }
        var content = body is null ? "" : KubernetesJson.Serialize(body, _config.JsonSerializerOptions);
        if (body is not null)
        {
            request.Content = new StringContent(content, Encoding.UTF8);
            request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse($"{MediaType(body)}; charset=utf-8");
        }
        if (_credentials is not null)
            await _credentials.ProcessHttpRequestAsync(request, cancellationToken).ConfigureAwait(false);
        if (!string.IsNullOrWhiteSpace(_config.TlsServerName))
            request.Headers.Host = _config.TlsServerName;

        var response = await HttpClient.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
        if (response.IsSuccessStatusCode)
            return response;
        using (request)
        using (response)
        {
            var answer = await response.Content.ReadAsStringAsync(cancellationToken).ConfigureAwait(false);
            throw new HttpOperationException($"Operation returned an invalid status code '{response.StatusCode}', response body {answer}")
            {
                Request = new HttpRequestMessageWrapper(request, content),
                Response = new HttpResponseMessageWrapper(response, answer),
            };
        }
    }

    private static string MediaType(object body) => (body as V1Patch)?.Type switch
    {
        null => "application/json",
        V1Patch.PatchType.JsonPatch => "application/json-patch+json",
        V1Patch.PatchType.MergePatch => "application/merge-patch+json",
        V1Patch.PatchType.StrategicMergePatch => "application/strategic-merge-patch+json",
        V1Patch.PatchType.ApplyPatch => "application/apply-patch+yaml",
        var other => throw new ArgumentOutOfRangeException(nameof(body), other, "unknown kind of patch"),
    };
}
