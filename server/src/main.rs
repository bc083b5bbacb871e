//! Integration View's server.
use leptos_axum::{LeptosRoutes, generate_route_list};

#[tokio::main]
async fn main() {
    let options = leptos::config::get_configuration(None)
        .unwrap()
        .leptos_options;
    let routes = generate_route_list(app::App);
    let app = axum::Router::new()
        .leptos_routes(&options, routes, {
            let o = options.clone();
            move || app::shell(o.clone())
        })
        .with_state(options);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:3000")
        .await
        .unwrap();
    axum::serve(listener, app).await.unwrap();
}
