using System.Net;

namespace k8s.Autorest;

/// <summary>A message of HTTP as it was: a copy that outlives the message.</summary>
public abstract class HttpMessageWrapper
{
    /// <summary>Its body.</summary>
    public string Content { get; set; }
}

/// <summary>A request that was sent.</summary>
public class HttpRequestMessageWrapper : HttpMessageWrapper
{
    /// <summary>Copies a request.</summary>
    public HttpRequestMessageWrapper(HttpRequestMessage httpRequest, string content)
    {
        ArgumentNullException.ThrowIfNull(httpRequest);
        Method = httpRequest.Method;
        RequestUri = httpRequest.RequestUri;
        Content = content;
    }

    /// <summary>GET, POST ...</summary>
    public HttpMethod Method { get; protected set; }

    /// <summary>Where it went.</summary>
    public Uri RequestUri { get; protected set; }
}

/// <summary>A response that came.</summary>
public class HttpResponseMessageWrapper : HttpMessageWrapper
{
    /// <summary>Copies a response.</summary>
    public HttpResponseMessageWrapper(HttpResponseMessage httpResponse, string content)
    {
        ArgumentNullException.ThrowIfNull(httpResponse);
        StatusCode = httpResponse.StatusCode;
        ReasonPhrase = httpResponse.ReasonPhrase;
        Content = content;
    }

    /// <summary>Its status.</summary>
    public HttpStatusCode StatusCode { get; protected set; }

    /// <summary>The server's words for the status.</summary>
    public string ReasonPhrase { get; protected set; }
}
